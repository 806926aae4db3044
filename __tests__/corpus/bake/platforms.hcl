target "app" {
  platforms = ["linux/amd64", "linux/arm64"]
  dockerfile-inline = <<EOT
FROM --platform=$BUILDPLATFORM node:22.3.0 AS build
FROM nginx:1.27
EOT
}
