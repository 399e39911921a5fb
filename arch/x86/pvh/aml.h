/* SPDX-License-Identifier: MIT */
/*
 * ACPI's byte code (ACPI 6.4, 20.2), as far as names and constants go: nothing is run. Whatever the
 * bytes are, nothing outside what is given is read.
 */
#ifndef PVH_AML_H
#define PVH_AML_H

#include <lib/types.h>

/* Bytes that are still to be read. */
struct aml {
	const uint8_t *at, *end;
};

/* An object that has a name: Name, Method or Device. */
struct aml_object {
	const char *name; /* 4 characters */
	struct aml body;  /* its value, terms or objects */
};

/* Takes the next object from a list of them; false: the list ends, or something else comes. */
bool aml_next(struct aml *list, struct aml_object *object);

/* Finds the object of this name in a list of them. */
bool aml_find(struct aml list, const char *name, struct aml_object *object);

/* Finds the next Device, wherever it stands in `table`, and goes behind its beginning. */
bool aml_next_device(struct aml *table, struct aml_object *device);

/* Takes a constant number, the last name of a path, and the contents of a buffer or package. */
bool aml_integer(struct aml *value, uint64_t *number);
bool aml_path(struct aml *value, const char **name);
bool aml_buffer(struct aml *value, struct aml *bytes);
bool aml_package(struct aml *value, struct aml *elements);

#endif
