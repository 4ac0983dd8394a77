/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/unit: a cgroup path names its unit, or none. */
#include "cgroup_rows.h"

#include "host/unit.h"

#include <stdio.h>
#include <string.h>

static void systemd_names_its_units(void **state)
{
	static const struct cgroup_row rows[] = {
		{"/system.slice/ssh.service", "ssh.service", ""},
		{"/system.slice/ssh.socket", "ssh.socket", ""},
		{"/system.slice/system-postgresql.slice/postgresql@15-main.service",
		 "postgresql@15-main.service", ""},
		{"/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", ""},
		{"/system.slice/dbus.socket", "dbus.socket", ""},
		{"/init.scope", "init.scope", ""},
		{"/system.slice/tmp.mount", "tmp.mount", ""},
		{"/system.slice/dev-sda2.swap", "dev-sda2.swap", ""},
		/* an escape is part of the unit name, as in systemctl(1) */
		{"/system.slice/systemd-fsck@dev-disk-by\\x2duuid-1234.service",
		 "systemd-fsck@dev-disk-by\\x2duuid-1234.service", ""},
		/* cg_escape() of systemd */
		{"/system.slice/_cpu.service", "cpu.service", ""},
		{"/system.slice/__x.service", "_x.service", ""},
		{USER, "user@1000.service", ""},
		{"/user.slice/user-1000.slice/session-3.scope", "session-3.scope", ""},
		/* a slice only if there is nothing else */
		{"/system.slice", "system.slice", ""},
		{"/user.slice/user-1000.slice", "user-1000.slice", ""},
		{"/system.slice/foo", "system.slice", ""},
		{"/", "", ""},
		{"", "", ""},
	};

	(void)state;
	cgroup_rows_check(rows, ROWS(rows));
}

static void names_that_anyone_may_make_are_not_believed(void **state)
{
	static const struct cgroup_row rows[] = {
		/* the processes of a unit may make any cgroups below it */
		{"/system.slice/web.service/ssh.service", "web.service", ""},
		{"/system.slice/web.service/system.slice/ssh.service", "web.service", ""},
		{"/system.slice/web.service/user@0.service/ssh.service", "web.service", ""},
		{"/user.slice/user-1000.slice/session-3.scope/ssh.service", "session-3.scope", ""},
		/* no names of units */
		{"/system.slice/.service", "system.slice", ""},
		{"/system.slice/@.service", "system.slice", ""},
		{"/system.slice/a b.service", "system.slice", ""},
		{"/system.slice/a\n.service", "system.slice", ""},
		{"/system.slice/\x1b[31m.service", "system.slice", ""},
		{"/system.slice/\xff.service", "system.slice", ""},
		{"/system.slice/ssh.service (deleted)", "system.slice", ""},
		{"/system.slice/ssh.services", "system.slice", ""},
		{"/system.slice/service", "system.slice", ""},
		{"/_", "", ""},
		{"/_.service", "", ""},
		{"//system.slice//ssh.service//", "ssh.service", ""},
		{"ssh.service", "ssh.service", ""},
	};

	(void)state;
	cgroup_rows_check(rows, ROWS(rows));
}

/* What a manager or a container calls a unit is not the system's. */
static void units_of_others_stand_behind_them(void **state)
{
	static const struct cgroup_row rows[] = {
		{USER "/app.slice/foo.service", "user@1000.service/foo.service", ""},
		{USER "/app.slice/app-org.gnome.Terminal.slice/vte-spawn-1.scope",
		 "user@1000.service/vte-spawn-1.scope", ""},
		{USER "/init.scope", "user@1000.service/init.scope", ""},
		{USER "/session.slice/pipewire.socket", "user@1000.service/pipewire.socket", ""},
		{USER "/run-u1.scope", "user@1000.service/run-u1.scope", ""},
		{USER "/app.slice", "user@1000.service", ""},
		{USER "/app.slice/foo", "user@1000.service", ""},
		{USER "/ssh.service", "user@1000.service/ssh.service", ""},
		{USER "/system.slice/ssh.service", "user@1000.service/ssh.service", ""},
		{USER "/_ssh.service", "user@1000.service/ssh.service", ""},
		{USER "/app.slice/foo.service/ssh.service", "user@1000.service/foo.service", ""},
		/* a manager is made by the system's alone */
		{USER "/user@0.service/ssh.service", "user@1000.service/user@0.service", ""},
		{USER "/user.slice/user-0.slice/user@0.service/app.slice/ssh.service",
		 "user@1000.service/user@0.service", ""},
		{USER "/a/user@1000.service/ssh.service", "user@1000.service/user@1000.service",
		 ""},
		{"/user.slice/user-0.slice/user@0.service/ssh.service",
		 "user@0.service/ssh.service", ""},
		{"/user.slice/user-1.slice/user@a\\x2db.service/ssh.service",
		 "user@a\\x2db.service/ssh.service", ""},
		{"/user@1000.service/x.service", "user@1000.service/x.service", ""},
		{"/user@.service/x.service", "user@.service", ""},
		{"/user@1000.scope/x.service", "user@1000.scope", ""},
		{"/xuser@1000.service/x.service", "xuser@1000.service", ""},
		{"/_user@1000.service/x.service", "user@1000.service", ""},
		/* an escaped slash stays what it is */
		{USER "/..\\x2fssh.service", "user@1000.service/..\\x2fssh.service", ""},
		{"/system.slice/user@1000.service\\x2fssh.service",
		 "user@1000.service\\x2fssh.service", ""},
		/* containers: those that are units, and those that are none */
		{"/system.slice/docker-" ID ".scope/system.slice/ssh.service",
		 "docker-" ID ".scope/ssh.service", SHORT},
		{"/docker/" ID "/system.slice/ssh.service", SHORT "/ssh.service", SHORT},
		{"/docker/" ID "/system.slice", "", SHORT},
		{"/lxc.payload.web/system.slice/ssh.service", "web/ssh.service", "web"},
		{"/lxc.payload.web" USER "/a.service", "web/user@1000.service", "web"},
		{USER "/user.slice/libpod-" ID ".scope/container/system.slice/ssh.service",
		 "user@1000.service/libpod-" ID ".scope", "1000/" SHORT},
	};

	(void)state;
	cgroup_rows_check(rows, ROWS(rows));
}

static void names_below_a_directory_of_another_user_are_not_taken(void **state)
{
	static const struct cgroup_given_row rows[] = {
		{"/alice", {"/alice/ssh.service", "", ""}},
		{"/alice", {"/alice/system.slice/ssh.service", "", ""}},
		{"/alice", {"/alice" USER "/ssh.service", "", ""}},
		{"/alice", {"/alice/user@0.service", "", ""}},
		{"/alice", {"/alice/docker-" ID ".scope", "", ""}},
		{"/alice", {"/alice/lxc.payload.web", "", ""}},
		{"/system.slice/alice", {"/system.slice/alice/ssh.service", "system.slice", ""}},
		{"/system.slice/web.service",
		 {"/system.slice/web.service/docker-" ID ".scope", "web.service", ""}},
		{"", {"/ssh.service", "", ""}},
		{"", {"/", "", ""}},
		{"", {"", "", ""}},
		/* what stands before is root's word */
		{"/alice.slice", {"/alice.slice/ssh.service", "alice.slice", ""}},
		{USER, {USER "/ssh.service", "user@1000.service/ssh.service", ""}},
		{USER,
		 {USER "/user.slice/libpod-" ID ".scope", "user@1000.service/libpod-" ID ".scope",
		  "1000/" SHORT}},
		{"/lxc.payload.web",
		 {"/lxc.payload.web/system.slice/ssh.service", "web/ssh.service", "web"}},
	};

	(void)state;
	cgroup_rows_check_given(rows, ROWS(rows));
}

static void a_name_that_does_not_fit_is_none(void **state)
{
	char path[1024], out[UNIT_SIZE];

	(void)state;
	for (size_t size = UNIT_NAME_SIZE - 4; size < UNIT_NAME_SIZE + 4; size++) {
		size_t expected = size < UNIT_NAME_SIZE ? size : 0, before = strlen(USER "/");

		snprintf(path, sizeof(path), "/%0*d.service", (int)size - 8, 0);
		assert_int_equal(unit_parse(path, strlen(path), out), expected);
		snprintf(path, sizeof(path), USER "/%0*d.service", (int)size - 8, 0);
		expected = strlen("user@1000.service") + (expected ? expected + 1 : 0);
		assert_int_equal(unit_parse(path, before, out), expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(systemd_names_its_units),
		cmocka_unit_test(names_that_anyone_may_make_are_not_believed),
		cmocka_unit_test(units_of_others_stand_behind_them),
		cmocka_unit_test(names_below_a_directory_of_another_user_are_not_taken),
		cmocka_unit_test(a_name_that_does_not_fit_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
