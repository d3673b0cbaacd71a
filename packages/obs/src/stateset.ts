/** Which of a fixed list of states holds. */
import type { Labels, StatesetDefinition } from "./definitions.js";
import { ObsError, shown } from "./errors.js";
import type { Family } from "./family.js";
import { type LabelledSeries, type LabelValues, SeriesIndex } from "./series-index.js";

export interface Stateset<Label extends string = string, State extends string = string> {
  /** This state holds, and no other does. Throws STATE_UNDECLARED, LABEL_UNDECLARED, LABEL_VALUE_INVALID, LIMIT_EXCEEDED. */
  enter(state: State, labels?: Labels<Label>): void;
  /** Switches one state and leaves the others. Throws as `enter`, and STATES_EXCLUSIVE where exactly one state has to hold. */
  set(state: State, on: boolean, labels?: Labels<Label>): void;
}

interface StatesetSeries extends LabelledSeries {
  /** In order of the family's states. */
  readonly on: boolean[];
}

export class StatesetMetric implements Stateset {
  readonly type = "stateset_v1" as const;
  readonly family: Family;
  /** Sorted. */
  readonly states: readonly string[];
  readonly index: SeriesIndex<StatesetSeries>;
  readonly #exclusive: boolean;

  constructor(family: Family, definition: StatesetDefinition, seriesMax: number) {
    const { states, labels, exclusive } = definition;
    this.family = family;
    this.states = states;
    this.#exclusive = exclusive;
    this.index = new SeriesIndex<StatesetSeries>({
      metric: family.id,
      labels,
      seriesMax,
      create: (values) => ({ values, on: states.map(() => false) }),
    });
  }

  enter(state: string, labels?: LabelValues): void {
    const entered = this.#place(state);
    const { on } = this.index.find(labels);
    on.forEach((_, place) => {
      on[place] = place === entered;
    });
  }

  set(state: string, on: boolean, labels?: LabelValues): void {
    const { id } = this.family;
    const place = this.#place(state);
    if (this.#exclusive) {
      throw new ObsError(
        "STATES_EXCLUSIVE",
        `exactly one state of ${id} holds: enter one instead`,
        {
          metric: id,
        },
      );
    }
    if (typeof on !== "boolean") {
      throw new ObsError(
        "VALUE_INVALID",
        `${id} cannot set ${state} to ${shown(on)}: expected a boolean`,
        {
          metric: id,
        },
      );
    }
    this.index.find(labels).on[place] = on;
  }

  #place(state: string): number {
    const place = this.states.indexOf(state);
    if (place >= 0) return place;
    const { id } = this.family;
    throw new ObsError(
      "STATE_UNDECLARED",
      `state ${shown(state)} is not declared on ${id}, which has: ${this.states.join(", ")}`,
      { metric: id },
    );
  }
}
