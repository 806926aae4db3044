target "remote" {
  context = "https://github.com/example/app.git"
}
target "beside" {
  dockerfile = "Dockerfile.beside"
}
