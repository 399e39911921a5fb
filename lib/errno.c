/* SPDX-License-Identifier: MIT */
/* Texts of the error numbers, for people. */
#include <lib/errno.h>
#include <lib/types.h>

struct error_text {
	int number;
	const char *text;
};

static const struct error_text error_text[] = {
	{0, "no error"},
	{EPERM, "not permitted (-1)"},
	{ENOENT, "no such thing (-2)"},
	{EIO, "input/output error (-5)"},
	{E2BIG, "too big (-7)"},
	{EAGAIN, "try again (-11)"},
	{ENOMEM, "out of memory (-12)"},
	{EACCES, "permission denied (-13)"},
	{EFAULT, "bad address (-14)"},
	{EBUSY, "busy (-16)"},
	{EEXIST, "exists already (-17)"},
	{ENODEV, "no such device (-19)"},
	{EISDIR, "is a folder (-21)"},
	{EINVAL, "invalid argument (-22)"},
	{ENOSPC, "no room left (-28)"},
	{EROFS, "read-only (-30)"},
	{ERANGE, "out of range (-34)"},
	{ENOSYS, "not implemented (-38)"},
	{ENOTEMPTY, "not empty (-39)"},
	{EOVERFLOW, "value too large (-75)"},
	{EOPNOTSUPP, "not supported here (-95)"},
	{EISCONN, "connected already (-106)"},
	{ETIMEDOUT, "timed out (-110)"},
};

const char *strerror_kernel(int err)
{
	for (size_t i = 0; i < ARRAY_SIZE(error_text); i++)
		if (err == error_text[i].number || err == -error_text[i].number)
			return error_text[i].text;
	return "unknown error";
}
