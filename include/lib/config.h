/* SPDX-License-Identifier: MIT */
/*
 * IS_ENABLED(CONFIG_X): 1 if Kconfig set the bool X, else 0; a C constant, so that a branch that is
 * off still type-checks. build/<config>/include/autoconf.h, made by kconfig-frontends, is included
 * before every file by the compiler's command line.
 */
#ifndef LIB_CONFIG_H
#define LIB_CONFIG_H

#define __ARG_PLACEHOLDER_1	     0,
#define __take_second_arg(_, v, ...) v
#define __is_defined3(arg_or_junk)   __take_second_arg(arg_or_junk 1, 0, 0)
#define __is_defined2(val)	     __is_defined3(__ARG_PLACEHOLDER_##val)
#define __is_defined(x)		     __is_defined2(x)

#define IS_ENABLED(option) __is_defined(option)

#endif
