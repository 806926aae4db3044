FROM php:8.3-fpm
COPY --from=mlocati/php-extension-installer:2.7.35 /usr/bin/install-php-extensions /usr/local/bin/
COPY --chown=www-data:www-data --from=composer:2.7.7 /usr/bin/composer /usr/bin/composer
COPY --link --from=ghcr.io/astral-sh/uv:0.5.11 /uv /uvx /bin/
RUN install-php-extensions gd
