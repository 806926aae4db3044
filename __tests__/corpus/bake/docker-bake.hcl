// everything
group "default" {
  targets = ["app", "docs"]
}
variable "PHP" {
  default = "8.3.8"
}
target "app" {
  context    = "bake/app"
  dockerfile = "Dockerfile"
  args = {
    PHP_VERSION = PHP
  }
  tags = ["example/app:latest"]
}
target "docs" {
  dockerfile-inline = <<EOT
FROM python:3.12.4
RUN pip install mkdocs
EOT
}
