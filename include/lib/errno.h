/* SPDX-License-Identifier: MIT */
/*
 * Errors. A function returns 0 or one of these, negated. The numbers are Linux's and Xen's
 * (Xen public/errno.h), so results of a hypervisor need no translation.
 */
#ifndef LIB_ERRNO_H
#define LIB_ERRNO_H

#define EPERM	   1
#define ENOENT	   2
#define EIO	   5
#define E2BIG	   7
#define EAGAIN	   11
#define ENOMEM	   12
#define EACCES	   13
#define EFAULT	   14
#define EBUSY	   16
#define EEXIST	   17
#define ENODEV	   19
#define EISDIR	   21
#define EINVAL	   22
#define ENOSPC	   28
#define EROFS	   30
#define ERANGE	   34
#define ENOSYS	   38
#define ENOTEMPTY  39
#define EOVERFLOW  75
#define EOPNOTSUPP 95
#define EISCONN	   106
#define ETIMEDOUT  110

/* Return a static text for people: "out of memory (-12)". Context: any. */
const char *strerror_kernel(int err);

#endif
