/* SPDX-License-Identifier: MIT */
/* Reads one request: an object of JSON whose members are strings, whole numbers or null. */
#include <lib/parse.h>
#include <lib/string.h>

#include "request.h"

#define WORD_MAX 32 /* of a string or a number, with its NUL */

struct reader {
	const char *at, *end;
};

enum value_kind { VALUE_STRING, VALUE_NUMBER, VALUE_NULL };

struct value {
	enum value_kind kind;
	char text[WORD_MAX];
};

static const char *const names[NR_REQUESTS] = {
	[REQUEST_TARGET] = "target",
	[REQUEST_STATUS] = "status",
	[REQUEST_STATS] = "stats",
	[REQUEST_TRACE] = "trace",
};

static void skip_blanks(struct reader *in)
{
	while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\r'))
		in->at++;
}

/* Takes this character, and the blanks around it; false: something else is there. */
static bool take(struct reader *in, char c)
{
	skip_blanks(in);
	if (in->at == in->end || *in->at != c)
		return false;
	in->at++;
	skip_blanks(in);
	return true;
}

/* Takes characters for which `is_part` holds; false: there are more than fit, or none. */
static bool take_run(struct reader *in, bool (*is_part)(char c), char text[WORD_MAX])
{
	size_t n = 0;

	for (; in->at < in->end && is_part(*in->at); in->at++) {
		if (n == WORD_MAX - 1)
			return false;
		text[n++] = *in->at;
	}
	text[n] = '\0';
	return n > 0;
}

/* Escapes stand for nothing that a request could mean. */
static bool is_in_string(char c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool take_string(struct reader *in, char text[WORD_MAX])
{
	skip_blanks(in);
	return in->at < in->end && *in->at++ == '"' && take_run(in, is_in_string, text) &&
	       take(in, '"');
}

static bool take_value(struct reader *in, struct value *value)
{
	skip_blanks(in);
	if (in->at == in->end)
		return false;
	if (*in->at == '"') {
		value->kind = VALUE_STRING;
		return take_string(in, value->text);
	}
	value->kind = is_digit(*in->at) ? VALUE_NUMBER : VALUE_NULL;
	if (value->kind == VALUE_NUMBER)
		return take_run(in, is_digit, value->text);
	return take_run(in, is_letter, value->text) && strcmp(value->text, "null") == 0;
}

static const char *take_kind(const struct value *value, struct request *request)
{
	for (unsigned int i = 0; value->kind == VALUE_STRING && i < NR_REQUESTS; i++) {
		if (strcmp(value->text, names[i]) == 0) {
			request->kind = (enum request_kind)i;
			return NULL;
		}
	}
	return "\"request\" is one of target, status, stats, trace";
}

static const char *take_size(const struct value *value, struct request *request)
{
	request->has_size = value->kind != VALUE_NULL;
	if (!request->has_size || (parse_size(value->text, &request->bytes) && request->bytes))
		return NULL;
	return "\"size\" is bytes, or a text such as \"128M\" or \"1G\", or null";
}

/* What was seen of the members. */
struct seen {
	bool request, size;
};

static const char *take_member(struct reader *in, struct request *request, struct seen *seen)
{
	char name[WORD_MAX];
	struct value value;

	if (!take_string(in, name) || !take(in, ':') || !take_value(in, &value))
		return "not an object of texts, whole numbers and null in one line of JSON";
	if (strcmp(name, "request") == 0 && !seen->request) {
		seen->request = true;
		return take_kind(&value, request);
	}
	if (strcmp(name, "size") == 0 && !seen->size) {
		seen->size = true;
		return take_size(&value, request);
	}
	return "a member is neither \"request\" nor \"size\", or is there twice";
}

static const char *take_members(struct reader *in, struct request *request, struct seen *seen)
{
	const char *wrong;

	do {
		wrong = take_member(in, request, seen);
		if (wrong)
			return wrong;
	} while (take(in, ','));
	return take(in, '}') && in->at == in->end ? NULL : "the object does not end with the line";
}

const char *request_parse(const char *text, size_t n, struct request *request)
{
	struct reader in = {text, text + n};
	struct seen seen = {false, false};
	const char *wrong;

	*request = (struct request){.kind = REQUEST_STATUS};
	if (!take(&in, '{'))
		return "not an object: {\"request\": \"status\"} is one";
	wrong = take_members(&in, request, &seen);
	if (wrong)
		return wrong;
	if (!seen.request)
		return "\"request\" is missing";
	if (seen.size != (request->kind == REQUEST_TARGET))
		return "\"size\" goes with \"target\", and with that alone";
	return NULL;
}
