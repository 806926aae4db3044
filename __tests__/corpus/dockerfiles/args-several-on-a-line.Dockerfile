ARG A=1.2 B="3.4" \
    # the third
    C='5.6'
FROM one:$A
FROM two:${B}
FROM three:${C}
