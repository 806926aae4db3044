FROM php:8.3.8-cli
RUN docker-php-ext-install pdo_mysql
COPY . /app
CMD ["php", "/app/index.php"]
