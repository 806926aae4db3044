ARG REGISTRY=registry.example.com:5000
FROM ${REGISTRY}/team/base:1.0
COPY --from=localhost:5000/tool:2.0 / /
