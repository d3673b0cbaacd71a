/**
 * What a channel has published and the broker has not answered yet. A confirm channel counts its
 * messages from 1, and an answer names one number, or all up to one; answers come in any order.
 */
export interface Answer {
  readonly deliveryTag: number;
  /** It is for all up to the tag that have had none. */
  readonly multiple: boolean;
}

export interface Confirms<Item> {
  /** Numbers from the first that has no answer to the last. */
  readonly size: number;
  /** It takes the channel's next number. */
  sent(item: Item): void;
  /** What the answer is for, in the order of sending; an answer that comes twice is for nothing. */
  answered(answer: Answer): readonly Item[];
  /** In the order of sending. */
  waiting(): readonly Item[];
}

/** What has been answered at the front is given back to memory when it is so many. */
const compactAt = 4096;

export function createConfirms<Item>(): Confirms<Item> {
  /** The slot of number `first` is at `head`. */
  let slots: (Item | undefined)[] = [];
  let head = 0;
  let first = 1;

  const goOn = (): void => {
    while (head < slots.length && slots[head] === undefined) {
      head += 1;
      first += 1;
    }
    if (head < slots.length && head < compactAt) return;
    slots = slots.slice(head);
    head = 0;
  };

  return {
    get size() {
      return slots.length - head;
    },
    sent(item) {
      slots.push(item);
    },
    answered({ deliveryTag, multiple }) {
      const at = head + deliveryTag - first;
      const items: Item[] = [];
      for (let index = multiple ? head : at; index >= head && index <= at; index++) {
        const item = slots[index];
        if (item === undefined) continue;
        items.push(item);
        slots[index] = undefined;
      }
      goOn();
      return items;
    },
    waiting: () => slots.slice(head).filter((item) => item !== undefined),
  };
}
