/* SPDX-License-Identifier: MIT */
/* ACPI's byte code: names and constants (ACPI 6.4, 20.2). */
#include <lib/string.h>

#include "aml.h"

#define NAME_BYTES 4U

enum {
	AML_ZERO = 0x00,
	AML_ONE = 0x01,
	AML_NAME = 0x08,
	AML_BYTE = 0x0a,
	AML_WORD = 0x0b,
	AML_DWORD = 0x0c,
	AML_STRING = 0x0d,
	AML_QWORD = 0x0e,
	AML_BUFFER = 0x11,
	AML_PACKAGE = 0x12,
	AML_VAR_PACKAGE = 0x13,
	AML_METHOD = 0x14,
	AML_DUAL_NAME = 0x2e,
	AML_MULTI_NAME = 0x2f,
	AML_EXTENDED = 0x5b,
	AML_DEVICE = 0x82,
	AML_ROOT = '\\',
	AML_PARENT = '^',
};

static size_t left(const struct aml *from)
{
	return (size_t)(from->end - from->at);
}

static bool take_bytes(struct aml *from, size_t bytes, uint64_t *number)
{
	if (left(from) < bytes)
		return false;
	*number = 0;
	memcpy(number, from->at, bytes);
	from->at += bytes;
	return true;
}

static bool take_op(struct aml *from, uint8_t op)
{
	if (!left(from) || *from->at != op)
		return false;
	from->at++;
	return true;
}

/* What a length says is there; *from goes behind it. */
static bool take_body(struct aml *from, struct aml *body)
{
	const uint8_t *begin = from->at;
	uint64_t lead, more, bytes;

	if (!take_bytes(from, 1, &lead) || !take_bytes(from, lead >> 6, &more))
		return false;
	bytes = lead >> 6 ? (lead & 15) | more << 4 : lead & 63;
	if (bytes < (size_t)(from->at - begin) || bytes > (size_t)(from->end - begin))
		return false;
	*body = (struct aml){from->at, begin + bytes};
	from->at = begin + bytes;
	return true;
}

static bool take_name(struct aml *from, const char **name)
{
	/* No number begins like a name. */
	if (left(from) < NAME_BYTES || (*from->at != '_' && (*from->at < 'A' || *from->at > 'Z')))
		return false;
	*name = (const char *)from->at;
	from->at += NAME_BYTES;
	return true;
}

bool aml_integer(struct aml *value, uint64_t *number)
{
	uint64_t op;

	if (!take_bytes(value, 1, &op))
		return false;
	switch (op) {
	case AML_ZERO:
	case AML_ONE:
		*number = op;
		return true;
	case AML_BYTE:
		return take_bytes(value, 1, number);
	case AML_WORD:
		return take_bytes(value, 2, number);
	case AML_DWORD:
		return take_bytes(value, 4, number);
	case AML_QWORD:
		return take_bytes(value, 8, number);
	default:
		return false;
	}
}

bool aml_path(struct aml *value, const char **name)
{
	uint64_t segments = 1;

	while (left(value) && (*value->at == AML_ROOT || *value->at == AML_PARENT))
		value->at++;
	if (take_op(value, AML_DUAL_NAME))
		segments = 2;
	else if (take_op(value, AML_MULTI_NAME) && !take_bytes(value, 1, &segments))
		return false;
	*name = NULL;
	while (segments--)
		if (!take_name(value, name))
			return false;
	return *name;
}

bool aml_buffer(struct aml *value, struct aml *bytes)
{
	uint64_t size;

	return take_op(value, AML_BUFFER) && take_body(value, bytes) && aml_integer(bytes, &size);
}

bool aml_package(struct aml *value, struct aml *elements)
{
	uint64_t nr;

	if (take_op(value, AML_PACKAGE))
		return take_body(value, elements) && take_bytes(elements, 1, &nr);
	return take_op(value, AML_VAR_PACKAGE) && take_body(value, elements) &&
	       aml_integer(elements, &nr);
}

static bool skip_value(struct aml *list)
{
	struct aml body;
	uint64_t number;

	if (!left(list))
		return false;
	switch (*list->at) {
	case AML_STRING:
		list->at += strnlen((const char *)list->at, left(list));
		return take_op(list, '\0');
	case AML_BUFFER:
	case AML_PACKAGE:
	case AML_VAR_PACKAGE:
		list->at++;
		return take_body(list, &body);
	default:
		return aml_integer(list, &number);
	}
}

static bool take_value(struct aml *list, struct aml_object *object)
{
	if (!take_name(list, &object->name))
		return false;
	object->body.at = list->at;
	if (!skip_value(list))
		return false;
	object->body.end = list->at;
	return true;
}

bool aml_next(struct aml *list, struct aml_object *object)
{
	uint64_t flags;

	if (take_op(list, AML_NAME))
		return take_value(list, object);
	if (take_op(list, AML_METHOD))
		return take_body(list, &object->body) && take_name(&object->body, &object->name) &&
		       take_bytes(&object->body, 1, &flags);
	return take_op(list, AML_EXTENDED) && take_op(list, AML_DEVICE) &&
	       take_body(list, &object->body) && take_name(&object->body, &object->name);
}

bool aml_find(struct aml list, const char *name, struct aml_object *object)
{
	while (aml_next(&list, object))
		if (memcmp(object->name, name, NAME_BYTES) == 0)
			return true;
	return false;
}

bool aml_next_device(struct aml *table, struct aml_object *device)
{
	for (; left(table); table->at++) {
		struct aml here = *table;

		if (!take_op(&here, AML_EXTENDED) || !take_op(&here, AML_DEVICE) ||
		    !take_body(&here, &device->body) || !take_name(&device->body, &device->name))
			continue;
		table->at++;
		return true;
	}
	return false;
}
