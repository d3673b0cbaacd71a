/** The service changes what it sends: the replay names the entry, the field and both values. */
import { canonicalBytes } from "@reprise/canonical-json";
import { openMemoryDriver } from "@reprise/msg-memory";
import { sessionDriver } from "@reprise/msg-rr";
import { withPolicy } from "@reprise/msg-rr/os";

const open = () => openMemoryDriver({ endpoint: "shop", topics: ["orders"] });

async function order(mode, total) {
  await withPolicy(
    { archRoot: "arch", policyId: "shop_v1", cassette: "change.rrbin", mode },
    async (session) => {
      const driver = await sessionDriver(session, { kind: "memory", endpoint: "shop", open });
      const value = canonicalBytes({ customer: "ada", total });
      await driver.publish([
        { topic: "orders", key: new TextEncoder().encode("ada"), value, headers: {} },
      ]);
      await driver.close();
    },
  );
}

await order("rewrite", 1200);
try {
  await order("replay", 1300);
} catch (error) {
  console.log(error.code);
  console.log(error.message);
}
