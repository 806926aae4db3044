function "image" {
  params = [name, version]
  result = "docker-image://${name}:${version}"
}
/* all the
   bases */
bases = { for name in ["debian", "ubuntu"] : name => image(name, "1.0") if name != "ubuntu" }
target "app" {
  contexts = {
    base  = image("alpine", "3.20")
    other = bases["debian"]
    "busybox:1.36" = "target:busybox"
    "docker.io/library/redis:7.2.5" = "target:busybox"
  }
  dockerfile-inline = <<EOT
FROM busybox:1.36
FROM other
COPY --from=redis:7.2.5 / /
COPY --from=nginx:1.27 / /
EOT
}
target "busybox" { dockerfile-inline = "FROM base:1" }
