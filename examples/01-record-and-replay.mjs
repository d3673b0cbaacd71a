import { consume } from "@reprise/msg-core";
import { openMemoryDriver } from "@reprise/msg-memory";
import { sessionDriver } from "@reprise/msg-rr";
import { withPolicy } from "@reprise/msg-rr/os";
const open = () => openMemoryDriver({ endpoint: "shop", topics: ["orders"] });
for (const mode of ["rewrite", "replay"])
  await withPolicy({ archRoot: "arch", policyId: "shop_v1", cassette: "orders.rrbin", mode }, async (session) => {
    const driver = await sessionDriver(session, { kind: "memory", endpoint: "shop", open });
    await driver.publish([{ topic: "orders", key: Buffer.from("ada"), value: Buffer.from("2 books"), headers: {} }]);
    await consume(driver, ({ envelope }) => console.log(mode, String(Buffer.from(envelope.value))), { limit: 1 });
    await driver.close();
  });
