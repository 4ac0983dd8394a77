/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/unit and owners/cgroup: a cgroup path gives its unit and container, or none. */
#include "support.h"

#include "model/snapshot.h"
#include "owners/cgroup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define SHORT "0123456789ab"
#define SHORT2 "fedcba987654"
#define USER "/user.slice/user-1000.slice/user@1000.service"
#define POD "12345678_9abc_def0_1234_56789abcdef0"

struct row {
	const char *path, *unit, *container; /* "" for none */
};

static void check(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char unit[CGROUP_NAME_SIZE] = "", container[CGROUP_NAME_SIZE] = "";
		size_t unit_size = cgroup_parse_unit(rows[i].path, unit);
		size_t container_size = cgroup_parse_container(rows[i].path, container);

		if (!unit_size)
			unit[0] = '\0';
		if (!container_size)
			container[0] = '\0';
		expect(strcmp(unit, rows[i].unit) == 0, "unit of \"%s\" is \"%s\"", rows[i].path,
		       unit);
		expect(unit_size == strlen(unit), "unit of \"%s\" has size %zu", rows[i].path,
		       unit_size);
		expect(strcmp(container, rows[i].container) == 0, "container of \"%s\" is \"%s\"",
		       rows[i].path, container);
		expect(container_size == strlen(container), "container of \"%s\" has size %zu",
		       rows[i].path, container_size);
	}
}

static void systemd_names_its_units(void **state)
{
	static const struct row rows[] = {
		{"/system.slice/ssh.service", "ssh.service", ""},
		{"/system.slice/ssh.socket", "ssh.socket", ""},
		{"/system.slice/system-postgresql.slice/postgresql@15-main.service",
		 "postgresql@15-main.service", ""},
		{"/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", ""},
		{"/system.slice/dbus.socket", "dbus.socket", ""},
		{"/init.scope", "init.scope", ""},
		{"/system.slice/tmp.mount", "tmp.mount", ""},
		{"/system.slice/dev-sda2.swap", "dev-sda2.swap", ""},
		/* an escape is a part of the name of a unit: systemctl(1) knows no other */
		{"/system.slice/systemd-fsck@dev-disk-by\\x2duuid-1234.service",
		 "systemd-fsck@dev-disk-by\\x2duuid-1234.service", ""},
		/* cg_escape() of systemd */
		{"/system.slice/_cpu.service", "cpu.service", ""},
		{"/system.slice/__x.service", "_x.service", ""},
		{USER "/app.slice/foo.service", "foo.service", ""},
		{USER "/app.slice/app-org.gnome.Terminal.slice/vte-spawn-1.scope",
		 "vte-spawn-1.scope", ""},
		{USER "/init.scope", "init.scope", ""},
		{USER, "user@1000.service", ""},
		{USER "/session.slice/pipewire.socket", "pipewire.socket", ""},
		{"/user.slice/user-1000.slice/session-3.scope", "session-3.scope", ""},
		/* a slice only where nothing else is */
		{"/system.slice", "system.slice", ""},
		{"/user.slice/user-1000.slice", "user-1000.slice", ""},
		{"/system.slice/foo", "system.slice", ""},
		{"/", "", ""},
		{"", "", ""},
	};

	(void)state;
	check(rows, ROWS(rows));
}

static void containers_are_told_by_their_engine(void **state)
{
	static const struct row rows[] = {
		{"/system.slice/docker-" ID ".scope", "docker-" ID ".scope", SHORT},
		{"/docker/" ID, "", SHORT},
		{USER "/user.slice/docker-" ID ".scope", "docker-" ID ".scope", SHORT},
		{"/machine.slice/libpod-" ID ".scope", "libpod-" ID ".scope", SHORT},
		{"/machine.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope", SHORT},
		{USER "/user.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope", SHORT},
		{"/machine.slice/machine-libpod_pod_" ID2 ".slice/libpod-" ID ".scope",
		 "libpod-" ID ".scope", SHORT},
		{"/libpod_parent/libpod-" ID, "", SHORT},
		{"/libpod_parent/libpod_pod_" ID2 "/libpod-" ID, "", SHORT},
		/* the monitor stands on the host */
		{"/machine.slice/libpod-conmon-" ID ".scope", "libpod-conmon-" ID ".scope", ""},
		{"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD
		 ".slice/cri-containerd-" ID ".scope",
		 "cri-containerd-" ID ".scope", SHORT},
		{"/kubepods.slice/kubepods-pod" POD ".slice/crio-" ID ".scope", "crio-" ID ".scope",
		 SHORT},
		{"/kubepods.slice/kubepods-pod" POD ".slice/crio-conmon-" ID ".scope",
		 "crio-conmon-" ID ".scope", ""},
		{"/kubepods/burstable/pod12345678-9abc-def0-1234-56789abcdef0/" ID, "", SHORT},
		{"/kubepods/besteffort/pod1234/crio-" ID, "", SHORT},
		{"/system.slice/containerd.service/kubepods-burstable-pod" POD
		 ".slice:cri-containerd:" ID,
		 "containerd.service", SHORT},
		{"/system.slice/nerdctl-" ID ".scope", "nerdctl-" ID ".scope", SHORT},
		{"/lxc/web", "", "web"},
		{"/lxc/101/ns", "", "101"},
		{"/lxc.payload.web", "", "web"},
		{"/lxc.payload/web", "", "web"},
		{"/lxc.monitor.web", "", ""},
		{"/lxc.payload.web/system.slice/nginx.service", "nginx.service", "web"},
		{"/lxc/101/ns/system.slice/ssh.service", "ssh.service", "101"},
		{"/machine.slice/machine-web.scope", "machine-web.scope", "web"},
		{"/machine.slice/machine-my\\x2dweb.scope", "machine-my\\x2dweb.scope", "my-web"},
		{"/machine.slice/systemd-nspawn@web.service", "systemd-nspawn@web.service", "web"},
		{"/machine.slice/systemd-nspawn@my\\x2dweb.service/payload/system.slice/"
		 "ssh.service",
		 "ssh.service", "my-web"},
		/* a virtual machine is no container */
		{"/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator",
		 "machine-qemu\\x2d1\\x2dvm.scope", ""},
		/* one in the other: the inner one is where the socket was made */
		{"/docker/" ID "/docker/" ID2, "", SHORT2},
		{"/docker/" ID "/kubelet.slice/cri-containerd-" ID2 ".scope",
		 "cri-containerd-" ID2 ".scope", SHORT2},
		{"/system.slice/docker-" ID ".scope/system.slice/ssh.service", "ssh.service",
		 SHORT},
	};

	(void)state;
	check(rows, ROWS(rows));
}

static void names_that_anyone_may_make_are_not_believed(void **state)
{
	static const struct row rows[] = {
		/* below a unit its processes may make any cgroups */
		{"/system.slice/web.service/ssh.service", "web.service", ""},
		{"/system.slice/web.service/system.slice/ssh.service", "web.service", ""},
		{"/system.slice/web.service/user@0.service/ssh.service", "web.service", ""},
		{"/user.slice/user-1000.slice/session-3.scope/ssh.service", "session-3.scope", ""},
		{USER "/app.slice/foo.service/ssh.service", "foo.service", ""},
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
		/* no containers */
		{"/docker/web", "", ""},
		{"/docker/0123456789ab", "", ""},
		{"/docker/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", "",
		 ""},
		{"/docker/" ID "0", "", ""},
		{"/system.slice/docker-web.scope", "docker-web.scope", ""},
		{"/system.slice/docker-.scope", "docker-.scope", ""},
		{"/docker/", "", ""},
		{"/lxc/", "", ""},
		{"/lxc.payload.", "", ""},
		{"/lxc/a b", "", ""},
		{"/lxc/\x1b[31m", "", ""},
		{"/machine.slice/machine-.scope", "machine-.scope", ""},
		{"/machine.slice/machine-a\\x0ab.scope", "machine-a\\x0ab.scope", ""},
		{"/machine.slice/machine-a\\x00b.scope", "machine-a\\x00b.scope", ""},
		{"/machine.slice/machine-a\\x2.scope", "machine-a\\x2.scope", ""},
		{"/machine.slice/machine-a\\.scope", "machine-a\\.scope", ""},
		{"/machine.slice/systemd-nspawn@.service", "systemd-nspawn@.service", ""},
	};

	(void)state;
	check(rows, ROWS(rows));
}

static void a_name_that_does_not_fit_is_none(void **state)
{
	char path[1024], out[CGROUP_NAME_SIZE];

	(void)state;
	for (size_t size = CGROUP_NAME_SIZE - 4; size < CGROUP_NAME_SIZE + 4; size++) {
		size_t expected = size < CGROUP_NAME_SIZE ? size : 0;

		snprintf(path, sizeof(path), "/%0*d.service", (int)size - 8, 0);
		assert_int_equal(cgroup_parse_unit(path, out), expected);
		snprintf(path, sizeof(path), "/lxc/%0*d", (int)size, 0);
		assert_int_equal(cgroup_parse_container(path, out), expected);
	}
}

/* --- ids -> paths, in a recorded tree ------------------------------------------------------- */

#define MOUNT "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"

static struct lsp_snapshot *with_cgroups(const uint64_t *ids, size_t count)
{
	struct lsp_snapshot *snapshot;

	assert_int_equal(snapshot_new(&snapshot), 0);
	for (size_t i = 0; i < count; i++) {
		const struct lsp_socket socket = {
			.state = LSP_STATE_LISTEN,
			.local.port = (uint16_t)(i + 1),
			.has_cookie = true,
			.cookie = i + 1,
			.has_cgroup = true,
			.cgroup_id = ids[i],
		};

		assert_int_equal(snapshot_add_socket(snapshot, &socket), 0);
	}
	assert_int_equal(snapshot_settle(snapshot), 0);
	return snapshot;
}

static void resolve(const char *tree, struct lsp_snapshot *snapshot)
{
	struct root root;

	assert_int_equal(root_init(&root, tree), 0);
	assert_int_equal(cgroup_resolve(&root, snapshot), 0);
	assert_int_equal(snapshot_seal(snapshot), 0);
	root_deinit(&root);
}

static void ids_are_found_in_a_recorded_tree(void **state)
{
	static const uint64_t ids[] = {1, 10, 4294967297, 12, 99, 0};
	static const struct row rows[] = {
		{"/", NULL, NULL},
		{"/system.slice", "system.slice", NULL},
		{"/system.slice/ssh.service", "ssh.service", NULL},
		{"/docker/" ID, NULL, SHORT},
		{NULL, NULL, NULL},
		{NULL, NULL, NULL},
	};
	struct lsp_snapshot *snapshot = with_cgroups(ids, ROWS(ids));
	const char *tree = *state;

	tree_write_text(tree, "proc/self/mountinfo", MOUNT);
	tree_write_text(tree, "sys/fs/cgroup/unified/cgroup.id", "1\n");
	tree_write_text(tree, "sys/fs/cgroup/unified/system.slice/cgroup.id", "10\n");
	tree_write_text(tree, "sys/fs/cgroup/unified/system.slice/ssh.service/cgroup.id",
			"4294967297\n");
	tree_write_text(tree, "sys/fs/cgroup/unified/docker/" ID "/cgroup.id", "12\n");
	tree_write_text(tree, "sys/fs/cgroup/unified/odd/cgroup.id", "99x\n");
	resolve(tree, snapshot);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		expect((socket.cgroup != NULL) == (rows[i].path != NULL), "id of row %zu", i);
		if (rows[i].path)
			assert_string_equal(socket.cgroup, rows[i].path);
		expect((socket.unit != NULL) == (rows[i].unit != NULL), "unit of row %zu", i);
		if (rows[i].unit)
			assert_string_equal(socket.unit, rows[i].unit);
		expect((socket.container != NULL) == (rows[i].container != NULL),
		       "container of row %zu", i);
		if (rows[i].container)
			assert_string_equal(socket.container, rows[i].container);
	}
	lsp_snapshot_free(snapshot);
}

static void a_part_of_the_hierarchy_keeps_its_path(void **state)
{
	static const struct {
		const char *mountinfo, *path;
	} rows[] = {
		{"41 31 0:38 /docker/x /cg rw - cgroup2 none rw\n", "/docker/x/a.service"},
		{"41 31 0:38 /../.. /cg rw - cgroup2 none rw\n", "/a.service"},
		{"41 31 0:38 / /cg rw - cgroup2 none rw\n", "/a.service"},
		{"40 31 0:38 /x /absent rw - cgroup2 none rw\n"
		 "41 31 0:38 /y /cg rw - cgroup2 none rw\n",
		 "/y/a.service"},
		{"41 31 0:38 / /cg rw - cgroup none rw\n", NULL},
		{"41 31 0:38 / /absent rw - cgroup2 none rw\n", NULL},
		{"", NULL},
	};
	static const uint64_t ids[] = {7};
	const char *tree = *state;

	tree_write_text(tree, "cg/a.service/cgroup.id", "7\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_snapshot *snapshot = with_cgroups(ids, 1);
		struct lsp_socket socket;
		size_t gaps;

		tree_write_text(tree, "proc/self/mountinfo", rows[i].mountinfo);
		resolve(tree, snapshot);
		lsp_snapshot_socket(snapshot, 0, &socket);
		expect((socket.cgroup != NULL) == (rows[i].path != NULL), "row %zu", i);
		if (rows[i].path)
			assert_string_equal(socket.cgroup, rows[i].path);
		lsp_snapshot_gaps(snapshot, &gaps);
		assert_int_equal(gaps, 0);
		lsp_snapshot_free(snapshot);
	}
}

static void a_host_without_mounts_has_no_units_and_no_gap(void **state)
{
	static const uint64_t ids[] = {7};
	struct lsp_snapshot *snapshot = with_cgroups(ids, 1);
	struct lsp_socket socket;
	size_t gaps;

	resolve(*state, snapshot);
	lsp_snapshot_socket(snapshot, 0, &socket);
	assert_null(socket.cgroup);
	assert_null(socket.unit);
	lsp_snapshot_gaps(snapshot, &gaps);
	assert_int_equal(gaps, 0);
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(systemd_names_its_units),
		cmocka_unit_test(containers_are_told_by_their_engine),
		cmocka_unit_test(names_that_anyone_may_make_are_not_believed),
		cmocka_unit_test(a_name_that_does_not_fit_is_none),
		TREE_TEST(ids_are_found_in_a_recorded_tree),
		TREE_TEST(a_part_of_the_hierarchy_keeps_its_path),
		TREE_TEST(a_host_without_mounts_has_no_units_and_no_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
