FROM scratch
ADD rootfs.tar.gz /
