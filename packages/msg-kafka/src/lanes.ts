/**
 * What waits to be sent, in a lane for each leader. A partition stays in its lane while anything of it
 * is under way, so its order holds when its leader moves.
 */
import type { MsgError } from "@reprise/msg-core";
import type { Place } from "./catalogue.js";
import {
  createParcel,
  type Parcel,
  type ParcelLimits,
  type Posting,
  parcelLength,
} from "./parcel.js";

export interface Lanes {
  /** It goes with whatever else is posted in the caller's turn. */
  post(posting: Posting): void;
  /** A posting of that place has its outcome. To be called once for each. */
  landed(place: Place): void;
  /** Answers what waits with `error`. What is in flight is the carrier's. */
  end(error: MsgError): void;
}

export interface LanesOptions {
  readonly limits: ParcelLimits;
  /** A lane that was empty begins to run. */
  readonly woken: () => void;
  /** Gives back what is to go another way. Never rejects. */
  readonly carry: (parcel: Parcel) => Promise<readonly Posting[]>;
}

interface Lane {
  queue: Posting[];
  isRunning: boolean;
}

/** The lane of a partition, while anything of it is under way. */
interface Way {
  readonly lane: Lane;
  count: number;
}

export function createLanes({ limits, woken, carry }: LanesOptions): Lanes {
  /** By leader. */
  const lanes = new Map<number, Lane>();
  const ways = new Map<Place, Way>();

  const wayOf = (place: Place): Way => {
    const known = ways.get(place);
    if (known !== undefined) return known;
    let lane = lanes.get(place.leader);
    if (lane === undefined) {
      lane = { queue: [], isRunning: false };
      lanes.set(place.leader, lane);
    }
    const way = { lane, count: 0 };
    ways.set(place, way);
    return way;
  };

  /** One at a time for each lane; ends when its queue does. Never rejects. */
  const run = async (lane: Lane): Promise<void> => {
    woken();
    while (lane.queue.length > 0) {
      const postings = lane.queue.splice(0, parcelLength(lane.queue, limits));
      const back = await carry(createParcel(postings));
      if (back.length > 0) lane.queue = [...back, ...lane.queue];
    }
    lane.isRunning = false;
  };

  return {
    post(posting) {
      const way = wayOf(posting.place);
      way.count += 1;
      way.lane.queue.push(posting);
      if (way.lane.isRunning) return;
      way.lane.isRunning = true;
      // After the caller's turn: what is published together goes together.
      Promise.resolve(way.lane).then(run);
    },
    landed(place) {
      const way = ways.get(place);
      if (way === undefined) return;
      way.count -= 1;
      if (way.count === 0) ways.delete(place);
    },
    end(error) {
      for (const lane of lanes.values()) {
        for (const posting of lane.queue.splice(0)) posting.land(error);
      }
    },
  };
}
