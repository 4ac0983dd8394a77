/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/container: a cgroup path names its container, or none. */
#include "cgroup_rows.h"

#include "host/container.h"

#include <stdio.h>
#include <string.h>

static void containers_are_recognized_by_their_engine(void **state)
{
	static const struct cgroup_row rows[] = {
		{"/system.slice/docker-" ID ".scope", "docker-" ID ".scope", SHORT},
		{"/docker/" ID, "", SHORT},
		{USER "/user.slice/docker-" ID ".scope", "user@1000.service/docker-" ID ".scope",
		 "1000/" SHORT},
		{"/machine.slice/libpod-" ID ".scope", "libpod-" ID ".scope", SHORT},
		{"/machine.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope", SHORT},
		{USER "/user.slice/libpod-" ID ".scope/container",
		 "user@1000.service/libpod-" ID ".scope", "1000/" SHORT},
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
		{"/lxc.payload.web/system.slice/nginx.service", "web/nginx.service", "web"},
		{"/lxc/101/ns/system.slice/ssh.service", "101/ssh.service", "101"},
		{"/machine.slice/machine-web.scope", "machine-web.scope", "web"},
		{"/machine.slice/machine-my\\x2dweb.scope", "machine-my\\x2dweb.scope", "my-web"},
		{"/machine.slice/systemd-nspawn@web.service", "systemd-nspawn@web.service", "web"},
		{"/machine.slice/systemd-nspawn@my\\x2dweb.service/payload/system.slice/"
		 "ssh.service",
		 "systemd-nspawn@my\\x2dweb.service/ssh.service", "my-web"},
		/* a virtual machine is no container */
		{"/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator",
		 "machine-qemu\\x2d1\\x2dvm.scope", ""},
		/* one in the other: names within the outer one are its own */
		{"/docker/" ID "/docker/" ID2, "", SHORT "/" SHORT2},
		{"/docker/" ID "/lxc.payload.a/lxc.payload.b", "", SHORT "/b"},
		{"/docker/" ID "/kubelet.slice/cri-containerd-" ID2 ".scope",
		 SHORT "/cri-containerd-" ID2 ".scope", SHORT "/" SHORT2},
		{"/system.slice/docker-" ID ".scope/system.slice/ssh.service",
		 "docker-" ID ".scope/ssh.service", SHORT},
		{"/lxc.payload.web" USER "/user.slice/libpod-" ID ".scope", "web/user@1000.service",
		 "web/" SHORT},
		/* that of a user, who may call it as he likes */
		{USER "/lxc.payload.web", "user@1000.service", "1000/web"},
		{USER "/docker/" ID, "user@1000.service", "1000/" SHORT},
		{USER "/user@0.service/lxc.payload.web", "user@1000.service/user@0.service",
		 "1000/web"},
		{USER "/a.service", "user@1000.service/a.service", ""},
	};

	(void)state;
	cgroup_rows_check(rows, ROWS(rows));
}

static void names_that_anyone_may_make_are_not_believed(void **state)
{
	static const struct cgroup_row rows[] = {
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
	cgroup_rows_check(rows, ROWS(rows));
}

static void a_name_that_does_not_fit_is_none(void **state)
{
	char path[1024], out[CONTAINER_SIZE];

	(void)state;
	for (size_t size = CONTAINER_NAME_SIZE - 4; size < CONTAINER_NAME_SIZE + 4; size++) {
		size_t expected = size < CONTAINER_NAME_SIZE ? size : 0;

		snprintf(path, sizeof(path), "/lxc/%0*d", (int)size, 0);
		assert_int_equal(container_parse(path, strlen(path), out), expected);
		snprintf(path, sizeof(path), USER "/lxc/%0*d", (int)size, 0);
		expected = expected ? strlen("1000/") + expected : 0;
		assert_int_equal(container_parse(path, strlen(path), out), expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(containers_are_recognized_by_their_engine),
		cmocka_unit_test(names_that_anyone_may_make_are_not_believed),
		cmocka_unit_test(a_name_that_does_not_fit_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
