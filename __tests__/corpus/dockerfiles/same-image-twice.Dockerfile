FROM php:8.3 AS one
FROM docker.io/library/php:8.3 AS two
COPY --from=php:8.3 /a /a
