/*
 * A forwarding shared library: it has the SONAME and the symbol version node of an older library and hands every call
 * to a newer one. Whoever compiles it passes
 *
 *   SHIM_SYMBOLS    header with one FORWARD(name) per function
 *   SHIM_SONAME     the name this library stands in for, such as "libcublas.so.12"
 *   SHIM_TARGET     absolute path of what it forwards to, such as ".../libcublas.so.13"
 *   SHIM_COMPANION  prefix of files beside the target that it looks up by bare name at run time; may be empty
 *
 * A forwarder is one indirect jump. It writes no register, no flag and no stack slot, so it does not need to know the
 * function's signature: integer, vector and stack arguments, structs by value, the hidden result pointer, the vector count in %al
 * of a variadic call and every kind of result pass as they are, and the callee returns straight to the first caller.
 * A function that the target lacks is reported, by name, only when it is called.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if !defined(__x86_64__) || !defined(__linux__)
#error "the forwarders are written for Linux on x86-64"
#endif

struct entry {
    void **slot;
    const char *name;
};

/* The linker defines these two around the section that FORWARD fills. */
extern struct entry __start_shim_table[] __attribute__((visibility("hidden")));
extern struct entry __stop_shim_table[] __attribute__((visibility("hidden")));

static char load_error[512];

__attribute__((used, noreturn, visibility("hidden"))) void shim_missing(const char *name) {
    if (load_error[0])
        fprintf(stderr, "%s (forwarder): %s was called, but %s\n", SHIM_SONAME, name, load_error);
    else
        fprintf(stderr, "%s (forwarder): %s was called, but %s has no such function\n", SHIM_SONAME, name, SHIM_TARGET);
    fflush(stderr);
    abort();
}

#define FORWARD(name)                                                                                                  \
    __asm__(".pushsection .text\n"                                                                                     \
            ".globl " #name "\n.type " #name ", @function\n.p2align 4\n"                                               \
            #name ":\n endbr64\n jmp *shim_slot_" #name "(%rip)\n.size " #name ", .-" #name "\n"                       \
            "shim_none_" #name ":\n lea shim_name_" #name "(%rip), %rdi\n jmp shim_missing\n"                          \
            ".popsection\n"                                                                                            \
            ".pushsection .rodata\nshim_name_" #name ": .asciz \"" #name "\"\n.popsection\n"                           \
            ".pushsection .data\n.p2align 3\nshim_slot_" #name ": .quad shim_none_" #name "\n.popsection\n"            \
            ".pushsection shim_table, \"aw\", @progbits\n.p2align 3\n"                                                 \
            ".quad shim_slot_" #name ", shim_name_" #name "\n.popsection\n");
#include SHIM_SYMBOLS
#undef FORWARD

/* Loads files such as libnvrtc-builtins.so.13.0 from the target's own folder, so that a later dlopen by bare name finds
 * them already there, whatever the library path is. */
static void load_companions(void *target) {
    struct link_map *map = NULL;
    if (dlinfo(target, RTLD_DI_LINKMAP, &map) != 0 || !map || !map->l_name)
        return;
    char dir[4096];
    snprintf(dir, sizeof dir, "%s", map->l_name);
    char *slash = strrchr(dir, '/');
    if (!slash)
        return;
    *slash = 0;
    DIR *d = opendir(dir);
    if (!d)
        return;
    for (struct dirent *e; (e = readdir(d));)
        if (strncmp(e->d_name, SHIM_COMPANION, strlen(SHIM_COMPANION)) == 0) {
            char path[4096 + 256];
            snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
            if (!dlopen(path, RTLD_LAZY | RTLD_LOCAL))
                fprintf(stderr, "%s (forwarder): %s\n", SHIM_SONAME, dlerror());
        }
    closedir(d);
}

__attribute__((constructor)) static void resolve(void) {
    void *target = dlopen(SHIM_TARGET, RTLD_LAZY | RTLD_LOCAL);
    if (!target) {
        const char *why = dlerror();
        snprintf(load_error, sizeof load_error, "%s could not be loaded: %s", SHIM_TARGET, why ? why : "no reason given");
        fprintf(stderr, "%s (forwarder): %s\n", SHIM_SONAME, load_error);
        return;
    }
    for (struct entry *e = __start_shim_table; e < __stop_shim_table; e++) {
        void *f = dlsym(target, e->name);
        if (f)
            *e->slot = f;
    }
    if (SHIM_COMPANION[0])
        load_companions(target);
}
