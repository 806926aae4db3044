FROM bash:5.2
RUN bash -c 'cat <<< "here"' && echo $((1<<4)) "a <<EOF b"
RUN grep x <<<"$y" || true
RUN echo "cat <<EOF > /x" > /script
FROM alpine:3.20.1
