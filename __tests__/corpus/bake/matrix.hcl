target "php" {
  name   = "php-${replace(item.version, ".", "-")}-${os}"
  matrix = {
    item = [{ version = "8.2" }, { version = "8.3" }]
    os   = ["alpine", "bookworm"]
  }
  dockerfile-inline = "FROM php:${item.version}-${os}"
}
