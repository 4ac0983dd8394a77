/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/mountinfo: a line becomes a mount with its escapes undone, or is skipped. */
#include "support.h"

#include "host/mountinfo.h"

static void mounts_are_read_line_by_line(void **state)
{
	char text[] = "22 27 0:21 / /proc rw,relatime shared:5 master:1 - proc proc rw,hidepid=2\n"
		      "junk\n"
		      "\n"
		      "1 2 3 4 5\n"
		      "41 31 0:38 /a\\040b\\134 /sys/fs/c\\011d rw - cgroup2 none rw,nsdelegate\n"
		      "42 31 0:38 /x /y rw - tmpfs  rw,size=4k\n"
		      "43 31 0:38 /x /y rw no dash here\n"
		      "44 31 0:38 / /z\\9 rw - cgroup2 cgroup2 rw";
	struct mountinfo mount;
	char *cursor = text;

	(void)state;
	assert_true(mountinfo_parse(&cursor, &mount));
	assert_string_equal(mount.point, "/proc");
	assert_string_equal(mount.type, "proc");
	assert_string_equal(mount.options, "rw,hidepid=2");
	assert_true(mountinfo_parse(&cursor, &mount));
	assert_string_equal(mount.root, "/a b\\");
	assert_string_equal(mount.point, "/sys/fs/c\td");
	assert_string_equal(mount.type, "cgroup2");
	assert_true(mountinfo_parse(&cursor, &mount));
	assert_string_equal(mount.type, "tmpfs");
	assert_string_equal(mount.options, "rw,size=4k");
	assert_true(mountinfo_parse(&cursor, &mount));
	assert_string_equal(mount.point, "/z\\9");
	assert_false(mountinfo_parse(&cursor, &mount));
	assert_false(mountinfo_parse(&cursor, &mount));
}

static void an_option_is_found_by_its_whole_name(void **state)
{
	(void)state;
	assert_string_equal(mountinfo_find_option("rw,hidepid=2,gid=4", "hidepid"), "2,gid=4");
	assert_string_equal(mountinfo_find_option("gid=4", "gid"), "4");
	assert_null(mountinfo_find_option("rw,xgid=4", "gid"));
	assert_null(mountinfo_find_option("rw,gid", "gid"));
	assert_null(mountinfo_find_option("", "gid"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mounts_are_read_line_by_line),
		cmocka_unit_test(an_option_is_found_by_its_whole_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
