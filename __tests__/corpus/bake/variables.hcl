variable "REGISTRY" { default = "docker.io" }
variable "MINOR" { default = "8.3" }
variable "PATCH" {}
variable "OF_THE_JOB" { default = "not-this" }
variable "IMAGE" { default = "${REGISTRY}/library/php:${MINOR}" }
target "a" {
  contexts = {
    one   = "docker-image://${IMAGE}-cli"
    two   = "docker-image://php:${MINOR}.${PATCH}"
    three = "docker-image://three:${OF_THE_JOB}"
    four  = notequal("", MINOR) ? "docker-image://four:${upper("x")}" : "target:b"
    five  = format("docker-image://%s-%s", IMAGE, "fpm")
    other = "docker-image://other:${sha1("x")}"
    six   = "docker-image://${join("-", ["six:1", lower("ALPINE")])}"
  }
  dockerfile-inline = "FROM scratch"
}
