/* Bytes that no compressor can shorten, in the section where the real libraries keep their GPU code. */
        .section .nv_fatbin, "a"
        .balign 8
        .incbin "blob.bin"
        .section .note.GNU-stack, "", %progbits
