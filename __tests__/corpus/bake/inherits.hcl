target "_common" {
  args = { A = "1", B = "2" }
  contexts = { base = "docker-image://debian:12.5" }
}
target "docker-metadata-action" {}
target "app" {
  inherits = ["_common", "docker-metadata-action"]
  args     = { B = "3" }
  dockerfile-inline = <<-EOT
    ARG A
    ARG B
    FROM base
    FROM tool:$${A}.$${B}
  EOT
}
