/* SPDX-License-Identifier: MIT */
/*
 * ACPI's byte code (ACPI 6.4, 20.2), its names and constants only: nothing is executed. No byte
 * outside the given ones is read.
 */
#ifndef PVH_AML_H
#define PVH_AML_H

#include <lib/types.h>

/* The bytes still to be read. */
struct aml {
	const uint8_t *at, *end;
};

/* A named object: Name, Method or Device. */
struct aml_object {
	const char *name; /* 4 characters */
	struct aml body;  /* its value, terms or objects */
};

/* Take the next object of a list. Return: false at its end, or before anything else. */
bool aml_next(struct aml *list, struct aml_object *object);

/* Find an object by name in a list. */
bool aml_find(struct aml list, const char *name, struct aml_object *object);

/* Find the next Device anywhere in `table`, and go behind its beginning. */
bool aml_next_device(struct aml *table, struct aml_object *device);

/* Take a constant number, the last name of a path, or the contents of a buffer or package. */
bool aml_integer(struct aml *value, uint64_t *number);
bool aml_path(struct aml *value, const char **name);
bool aml_buffer(struct aml *value, struct aml *bytes);
bool aml_package(struct aml *value, struct aml *elements);

#endif
