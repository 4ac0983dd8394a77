/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/sha256: the examples of FIPS 180-4, and every way in which a text can fill its blocks. */
#include "support.h"

#include "buf.h"
#include "sha256.h"

#include <stdlib.h>
#include <string.h>

static void expect_digest(const void *bytes, size_t size, const char *expected)
{
	unsigned char digest[SHA256_SIZE];
	struct buf text = BUF_INIT;

	sha256_digest(bytes, size, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		buf_printf(&text, "%02x", digest[i]);
	expect(strcmp(buf_text(&text), expected) == 0, "%zu bytes: %s", size, text.data);
	buf_deinit(&text);
}

static void published_digests(void **state)
{
	static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	static char million[1000000];

	(void)state;
	memset(million, 'a', sizeof(million));
	expect_digest("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	expect_digest("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	expect_digest(two_blocks, sizeof(two_blocks) - 1,
		      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	expect_digest(million, sizeof(million),
		      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* The digest, as Python's hashlib has it, of the digests of "", "\0", "\0\1" and so on. */
static void every_size(void **state)
{
	enum { SIZES = 200 };
	static unsigned char digests[SIZES][SHA256_SIZE];
	unsigned char bytes[SIZES];

	(void)state;
	for (size_t i = 0; i < SIZES; i++) {
		bytes[i] = (unsigned char)i;
		sha256_digest(bytes, i, digests[i]);
	}
	expect_digest(digests, sizeof(digests),
		      "ba7b0fcea7d10c06b855b43d2b4dce1e3e842fff6be0acefb0faf4f2dd05bb47");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_digests),
		cmocka_unit_test(every_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
