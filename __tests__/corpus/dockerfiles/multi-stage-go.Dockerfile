# Build
FROM golang:1.22.4-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -o /out/app ./cmd/app

# Run
FROM scratch
COPY --from=build /out/app /app
ENTRYPOINT ["/app"]
