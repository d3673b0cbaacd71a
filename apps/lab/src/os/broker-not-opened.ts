/** A broker that could not be opened: the world refused, whatever the reason, which is the cause. */
export class BrokerNotOpened extends Error {
  override readonly name: string = "BrokerNotOpened";
}
