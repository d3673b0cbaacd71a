/** Ways out over the network. Only 127.0.0.1 on `allowed` is in the policy; no DNS, no UDP. */
import dgram from "node:dgram";
import dns, { lookup, Resolver } from "node:dns";
import dnsPromises from "node:dns/promises";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import net, { createConnection, Socket } from "node:net";
import tls from "node:tls";

const hosts = "net.allow_hosts";
const noDns = "net.allow_dns";
const noUdp = "net.allow_udp";

/** Settles as the socket does. */
function settled(socket, event = "connect") {
  return new Promise((resolve, reject) => {
    socket.once("error", reject).once(event, () => resolve(event));
  });
}

const connect = (options) => settled(net.connect(options));

/** `localhost` under the names it has; no resolver knows 127.1, but the one of libc does. */
const spellings = [
  ["localhost", hosts],
  ["LOCALHOST", hosts],
  ["localhost.", hosts],
  ["anything.localhost", hosts],
  ["127.1", noDns],
  ["0x7f.1", noDns],
  ["2130706433", noDns],
  ["0177.0.0.1", noDns],
  ["::ffff:127.0.0.1", hosts],
  ["::ffff:7f00:1", hosts],
  ["0:0:0:0:0:ffff:127.0.0.1", hosts],
  ["::1", hosts],
  ["0:0:0:0:0:0:0:1", hosts],
  ["0.0.0.0", hosts],
  ["::", hosts],
  ["127.0.0.2", hosts],
  ["broker.example", noDns],
];

export const attempts = [
  ...spellings.map(([host, rule]) => [
    `net.connect to ${host}`,
    rule,
    ({ forbidden }) => connect({ host, port: forbidden }),
  ]),
  ["another port", hosts, ({ forbidden }) => connect({ host: "127.0.0.1", port: forbidden })],
  [
    "the allowed port of 127.0.0.2",
    hosts,
    ({ allowed }) => connect({ host: "127.0.0.2", port: allowed }),
  ],
  ["the allowed port of ::1", hosts, ({ allowed }) => connect({ host: "::1", port: allowed })],
  [
    "the allowed port of 0.0.0.0",
    hosts,
    ({ allowed }) => connect({ host: "0.0.0.0", port: allowed }),
  ],
  ["no host", hosts, ({ forbidden }) => connect({ port: forbidden })],
  [
    "the port as text",
    hosts,
    ({ forbidden }) => connect({ host: "127.0.0.1", port: `${forbidden}` }),
  ],
  [
    "by address, one family",
    hosts,
    ({ forbidden }) => connect({ host: "127.0.0.1", port: forbidden, autoSelectFamily: false }),
  ],
  [
    "a lookup of its own",
    hosts,
    ({ forbidden }) =>
      connect({
        host: "allowed.example",
        port: forbidden,
        lookup: (_, { all }, callback) =>
          all
            ? callback(null, [{ address: "127.0.0.1", family: 4 }])
            : callback(null, "127.0.0.1", 4),
      }),
  ],
  [
    "createConnection, named import",
    hosts,
    ({ forbidden }) => settled(createConnection(forbidden, "127.0.0.1")),
  ],
  [
    "new Socket, named import",
    hosts,
    ({ forbidden }) => settled(new Socket().connect(forbidden, "127.0.0.1")),
  ],
  [
    "a subclass of Socket",
    hosts,
    ({ forbidden }) => {
      class Mine extends Socket {}
      return settled(new Mine().connect({ port: forbidden, host: "127.0.0.1" }));
    },
  ],
  [
    "connect of another prototype",
    hosts,
    ({ forbidden }) => {
      const socket = new net.Socket();
      return settled(Socket.prototype.connect.call(socket, forbidden, "127.0.0.1"));
    },
  ],
  [
    "destroy put back as it was",
    "nothing",
    async ({ forbidden }) => {
      const socket = new net.Socket();
      socket.destroy = Object.getPrototypeOf(net.Socket.prototype).destroy;
      const failure = await settled(socket.connect(forbidden, "127.0.0.1")).catch((error) => error);
      // The refusal is lost with it; the connection is not made.
      return failure.code === "EACCES" ? "nothing" : failure;
    },
  ],
  [
    "a local address",
    hosts,
    ({ forbidden }) => connect({ host: "127.0.0.1", port: forbidden, localAddress: "127.0.0.1" }),
  ],
  [
    "the handle itself",
    hosts,
    ({ forbidden }) => {
      const socket = net.connect({ host: "localhost", port: forbidden, lookup: () => undefined });
      const Handle = socket._handle.constructor;
      const handle = new Handle(0);
      return handle.connect({}, "127.0.0.1", forbidden);
    },
  ],
  [
    "the handle, IPv6",
    hosts,
    ({ forbidden }) => {
      const socket = net.connect({ host: "localhost", port: forbidden, lookup: () => undefined });
      return new socket._handle.constructor(0).connect6({}, "::ffff:127.0.0.1", forbidden);
    },
  ],
  [
    "the handle, an address that changes",
    hosts,
    ({ allowed, forbidden }) => {
      const socket = net.connect({ host: "localhost", port: forbidden, lookup: () => undefined });
      let asked = 0;
      const port = { valueOf: () => (asked++ === 0 ? allowed : forbidden) };
      return new socket._handle.constructor(0).connect({}, "127.0.0.1", port);
    },
  ],
  [
    "Reflect.apply replaced",
    hosts,
    async ({ forbidden }) => {
      const { apply } = Reflect;
      let stolen;
      Reflect.apply = (target, self, args) => {
        stolen = target;
        return apply(target, self, args);
      };
      try {
        return await connect({ host: "127.0.0.1", port: forbidden });
      } finally {
        Reflect.apply = apply;
        if (stolen !== undefined) process.stdout.write("");
      }
    },
  ],
  [
    "Map, Set, WeakMap, Array and String that say yes",
    hosts,
    async ({ forbidden }) => {
      const yes = () => true;
      const replaced = [
        [Map.prototype, "get"],
        [Map.prototype, "has"],
        [Set.prototype, "has"],
        [WeakMap.prototype, "has"],
        [Array.prototype, "includes"],
        [Array.prototype, "some"],
        [String.prototype, "startsWith"],
        [String.prototype, "includes"],
        [RegExp.prototype, "test"],
        [Object, "hasOwn"],
      ].map(([holder, key]) => ({ holder, key, real: holder[key] }));
      const socket = new net.Socket();
      const end = settled(socket);
      for (const { holder, key } of replaced) holder[key] = yes;
      try {
        // As the socket's insides do it, past what the replaced methods break.
        const probe = new net.Socket();
        probe.on("error", yes).connect({ host: "127.0.0.1", port: forbidden });
        socket.connect({ host: "127.0.0.1", port: forbidden });
      } finally {
        for (const { holder, key, real } of replaced) holder[key] = real;
      }
      return await end;
    },
  ],
  [
    "a property on Object.prototype",
    hosts,
    async ({ forbidden }) => {
      Object.prototype[`127.0.0.1 ${forbidden}`] = true;
      try {
        return await connect({ host: "127.0.0.1", port: forbidden });
      } finally {
        delete Object.prototype[`127.0.0.1 ${forbidden}`];
      }
    },
  ],
  [
    "tls",
    hosts,
    ({ forbidden }) =>
      settled(tls.connect({ host: "127.0.0.1", port: forbidden }), "secureConnect"),
  ],
  [
    "http",
    hosts,
    ({ forbidden }) => settled(http.get(`http://127.0.0.1:${forbidden}`), "response"),
  ],
  [
    "https",
    hosts,
    ({ forbidden }) => settled(https.get(`https://127.0.0.1:${forbidden}`), "response"),
  ],
  ["http2", hosts, ({ forbidden }) => settled(http2.connect(`http://127.0.0.1:${forbidden}`))],
  [
    "http, a connection of its own",
    hosts,
    ({ forbidden }) =>
      settled(
        http.get({
          createConnection: () => net.connect(forbidden, "127.0.0.1"),
          host: "127.0.0.1",
        }),
        "response",
      ),
  ],
  ["fetch", hosts, ({ forbidden }) => fetch(`http://127.0.0.1:${forbidden}/`)],
  [
    "fetch, the host as a number",
    noDns,
    ({ forbidden }) => fetch(`http://broker.example:${forbidden}/`),
  ],
  ["fetch, https", hosts, ({ forbidden }) => fetch(`https://127.0.0.1:${forbidden}/`)],
  [
    "fetch, a redirect's target",
    hosts,
    ({ allowed, forbidden }) => fetch(`http://127.0.0.1:${allowed}/redirect?to=${forbidden}`),
  ],
  [
    "WebSocket",
    "nothing",
    ({ forbidden }) => {
      if (typeof WebSocket === "undefined") return "absent";
      return new Promise((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${forbidden}`);
        socket.addEventListener("open", () => resolve("open"));
        // A browser tells no more, and neither does this.
        socket.addEventListener("error", () => resolve("nothing"));
      });
    },
  ],
  [
    "http.Agent over a Unix socket",
    "net",
    ({ unix }) => settled(http.get({ socketPath: unix, path: "/" }), "response"),
  ],
  ["a Unix socket", "net", ({ unix }) => connect({ path: unix })],
  ["an abstract Unix socket", "net", ({ abstract }) => connect({ path: abstract })],
  [
    "listen on a Unix socket",
    "net",
    ({ out }) => settled(net.createServer().listen(`${out}/new.sock`), "listening"),
  ],
  ["listen on any port", hosts, () => settled(net.createServer().listen(0), "listening")],
  [
    "listen on a port",
    hosts,
    ({ unused }) => settled(net.createServer().listen(unused, "127.0.0.1"), "listening"),
  ],
  [
    "listen on localhost",
    hosts,
    ({ unused }) => settled(net.createServer().listen(unused, "localhost"), "listening"),
  ],
  [
    "http server",
    hosts,
    ({ unused }) => settled(http.createServer().listen({ port: unused }), "listening"),
  ],
  [
    "listen with a handle",
    "net",
    () => {
      const socket = net.connect({ host: "localhost", port: 1, lookup: () => undefined });
      return settled(net.createServer().listen(new socket._handle.constructor(1)), "listening");
    },
  ],
  ["dns.lookup", noDns, () => told((callback) => lookup("broker.example", callback))],
  ["dns.lookup, a number", noDns, () => told((callback) => dns.lookup("2130706433", callback))],
  ["dns.promises.lookup", noDns, () => dns.promises.lookup("broker.example")],
  ["dns/promises.lookup", noDns, () => dnsPromises.lookup("broker.example", { all: true })],
  [
    "dns.lookupService",
    noDns,
    () => told((callback) => dns.lookupService("127.0.0.1", 80, callback)),
  ],
  ["dns.promises.lookupService", noDns, () => dnsPromises.lookupService("127.0.0.1", 80)],
  ["dns.resolve4", noDns, () => told((callback) => dns.resolve4("broker.example", callback))],
  [
    "dns.resolve TXT",
    noDns,
    () => told((callback) => dns.resolve("broker.example", "TXT", callback)),
  ],
  ["dns.resolveAny", noDns, () => told((callback) => dns.resolveAny("broker.example", callback))],
  ["dns.reverse", noDns, () => told((callback) => dns.reverse("127.0.0.1", callback))],
  ["dns/promises.resolveSrv", noDns, () => dnsPromises.resolveSrv("broker.example")],
  [
    "a resolver with a server of its own",
    noDns,
    ({ udp }) => {
      const resolver = new Resolver({ timeout: 100, tries: 1 });
      resolver.setServers([`127.0.0.1:${udp}`]);
      return told((callback) => resolver.resolve4("secret.broker.example", callback));
    },
  ],
  [
    "a promised resolver's handle",
    noDns,
    () => {
      const resolver = new dnsPromises.Resolver({ timeout: 100, tries: 1 });
      return resolver.resolveMx("broker.example");
    },
  ],
  ["dns.setServers", noDns, ({ udp }) => dns.setServers([`127.0.0.1:${udp}`])],
  [
    "UDP, send",
    noUdp,
    ({ udp }) =>
      told((callback) => dgram.createSocket("udp4").send("x", udp, "127.0.0.1", callback)),
  ],
  [
    "UDP, connect",
    noUdp,
    ({ udp }) => settled(dgram.createSocket("udp4").connect(udp, "127.0.0.1")),
  ],
  ["UDP, bind", noUdp, () => settled(dgram.createSocket("udp6").bind(0), "listening")],
  [
    "UDP, the old handle",
    noUdp,
    () =>
      dgram._createSocketHandle === undefined
        ? "absent"
        : dgram._createSocketHandle("127.0.0.1", 0, "udp4"),
  ],
  [
    "UDP, the handle",
    noUdp,
    ({ udp }) => {
      const socket = dgram.createSocket("udp4");
      const key = Object.getOwnPropertySymbols(socket).find((one) =>
        /state/.test(`${one.description}`),
      );
      return new socket[key].handle.constructor().connect("127.0.0.1", udp);
    },
  ],
];

function told(start) {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value ?? "done")));
  });
}
