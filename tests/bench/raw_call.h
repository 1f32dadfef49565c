/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a system call and an entry point without a C library, on the processors that are known here.
 * Does not own: anything above them. Elsewhere libc's syscall() and main() stand in, which costs a little. */
#pragma once

#if defined(__x86_64__)

static inline long raw_call(long number, long a, long b, long c, long d, long e, long f)
{
        register long r10 __asm__("r10") = d;
        register long r8 __asm__("r8") = e;
        register long r9 __asm__("r9") = f;
        long result;

        __asm__ volatile("syscall"
                         : "=a"(result)
                         : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                         : "rcx", "r11", "memory");
        return result;
}

#define RAW_ENTRY(FUNCTION)                                                                                            \
        __asm__(".text\n.globl _start\n_start:\n"                                                                      \
                "xor %ebp,%ebp\nmov %rsp,%rdi\nand $-16,%rsp\ncall " #FUNCTION "\nhlt\n")

#elif defined(__aarch64__)

static inline long raw_call(long number, long a, long b, long c, long d, long e, long f)
{
        register long x8 __asm__("x8") = number;
        register long x0 __asm__("x0") = a;
        register long x1 __asm__("x1") = b;
        register long x2 __asm__("x2") = c;
        register long x3 __asm__("x3") = d;
        register long x4 __asm__("x4") = e;
        register long x5 __asm__("x5") = f;

        __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
        return x0;
}

#define RAW_ENTRY(FUNCTION)                                                                                            \
        __asm__(".text\n.globl _start\n_start:\nmov x29,#0\nmov x30,#0\nmov x0,sp\nbl " #FUNCTION "\n")

#else

#include <errno.h>
#include <unistd.h>

static inline long raw_call(long number, long a, long b, long c, long d, long e, long f)
{
        long result = syscall(number, a, b, c, d, e, f);

        return result < 0 ? -errno : result;
}

/* main()'s arguments stand where the kernel put them: the count is the word before the first. */
#define RAW_ENTRY(FUNCTION)                                                                                            \
        int main(int argc, char **argv)                                                                                \
        {                                                                                                              \
                FUNCTION((long *) argv - 1);                                                                           \
                return argc;                                                                                           \
        }

#endif
