/*
 * Goal: a RabbitMQ that is ours listens on loopback only, shares nothing with another, reads nothing
 * of /etc/rabbitmq, and is the process that was started.
 * Method: file and environment whole, written by hand from RabbitMQ's start scripts; `.app` files as
 * RabbitMQ 3.10 ships them.
 */
import { rabbitmqEnvironment, renderRabbitmqConfig } from "@reprise/brokers";
import { expect, test } from "vitest";
import { applicationsOf, rabbitmqIsSecure } from "../src/rabbitmq-config.js";

test("the file", () => {
  expect(
    renderRabbitmqConfig({ port: 5673, config: { "vm_memory_high_watermark.relative": "0.1" } }),
  ).toBe(`listeners.tcp.local = 127.0.0.1:5673
log.console = true
log.console.level = info
log.file = false
disk_free_limit.absolute = 50MB
default_user = guest
default_pass = guest
vm_memory_high_watermark.relative = 0.1
`);
});

test("listeners of the caller take the place of ours", () => {
  const config = { "listeners.tcp": "none", "listeners.ssl.local": "127.0.0.1:5671" };
  const text = renderRabbitmqConfig({ port: 5671, config });
  expect(text).not.toContain("listeners.tcp.local");
  expect(text).toContain("listeners.tcp = none\nlisteners.ssl.local = 127.0.0.1:5671\n");
});

test.each([
  [{}, false],
  [{ "listeners.ssl.default": "5671" }, true],
  [{ "listeners.ssl.local": "127.0.0.1:5671" }, true],
  [{ "listeners.ssl.local": "127.0.0.1:15671" }, false],
  [{ "listeners.ssl.default": "5672" }, false],
  [{ "ssl_options.verify": "5671" }, false],
])("TLS on the port that is probed: %o %s", (config, secure) => {
  expect(rabbitmqIsSecure({ port: 5671, config })).toBe(secure);
});

const options = { folder: "/b", nodeName: "r@localhost", distributionPort: 25_000 };

test("the environment", () => {
  expect(rabbitmqEnvironment({ ...options, leanHome: undefined })).toEqual({
    HOME: "/b",
    ERL_EPMD_ADDRESS: "127.0.0.1",
    ERL_CRASH_DUMP: "/b/erl_crash.dump",
    ERL_CRASH_DUMP_SECONDS: "0",
    RABBITMQ_CONF_ENV_FILE: "/b/rabbitmq-env.conf",
    RABBITMQ_CONFIG_FILE: "/b/rabbitmq",
    RABBITMQ_ADVANCED_CONFIG_FILE: "/b/advanced",
    RABBITMQ_ENABLED_PLUGINS_FILE: "/b/enabled_plugins",
    RABBITMQ_GENERATED_CONFIG_DIR: "/b/generated",
    RABBITMQ_MNESIA_BASE: "/b/data",
    RABBITMQ_LOG_BASE: "/b/log",
    RABBITMQ_LOGS: "-",
    RABBITMQ_PID_FILE: "/b/rabbitmq.pid",
    RABBITMQ_NODENAME: "r@localhost",
    RABBITMQ_DIST_PORT: "25000",
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      "-sname r@localhost -start_epmd false -erl_epmd_port 25000 -kernel inet_dist_use_interface {127,0,0,1}",
    detached: "true",
  });
});

test("a home of its own", () => {
  expect(rabbitmqEnvironment({ ...options, leanHome: "/b/home" })).toMatchObject({
    RABBITMQ_SCRIPTS_DIR: "/b/home/sbin",
    RABBITMQ_PLUGINS_DIR: "/b/home/plugins",
  });
});

test.each([
  ["{application,enough,[{applications,[kernel,stdlib]}]}.", ["kernel", "stdlib"]],
  [
    "{applications, [\n  kernel,\n  rabbit_common\n ]},{env,[{a,[b]}]}",
    ["kernel", "rabbit_common"],
  ],
  ["{included_applications,[a]},{ applications , [b] }", ["a", "b"]],
  ["{optional_applications,[a]}", []],
  ["{applications,[]}", []],
  ["{applications,[a", []],
  ["", []],
])("the applications of %j", (text, names) => {
  expect(applicationsOf(text)).toEqual(names);
});
