FROM node:22.3.0
RUN npm ci
FROM nginx:1.27
COPY --from=0 /app/dist /usr/share/nginx/html
