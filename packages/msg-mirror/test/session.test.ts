/**
 * Goal: what a client may do in each state, and that nothing it says after its end has an effect.
 * Method: each frame in each state; the rate at its edge.
 */
import { expect, test } from "vitest";
import { closeCodes } from "../src/close-codes.js";
import { createSession, lateMax } from "../src/session.js";

const right = JSON.stringify({ frame: "auth", token: "right" });
const wrong = JSON.stringify({ frame: "auth", token: "wrong" });
const subscribe = JSON.stringify({ frame: "subscribe", streams: ["a"] });

const created = (framesPerSecondMax = 100) =>
  createSession({ isToken: (token) => token === "right", framesPerSecondMax });
const admitted = () => {
  const session = created();
  session.admit();
  return session;
};
const ends = (code: { code: number }) => ({
  act: "end",
  code: expect.objectContaining({ code: code.code }),
});

test("a stranger gets in with the right token only", () => {
  expect(created().frame(right, 0)).toEqual({ act: "admit" });
  expect(created().frame(wrong, 0)).toEqual(ends(closeCodes.unauthorized));
  expect(created().frame(subscribe, 0)).toEqual(ends(closeCodes.unauthorized));
  expect(created().frame("{}", 0)).toEqual(ends(closeCodes.malformed));
  expect(created().frame(undefined, 0)).toEqual(ends(closeCodes.notText));
  expect(created().subscription.matches("any", undefined)).toBe(true);
});

test("one that is in subscribes; another token must be right as well", () => {
  const session = admitted();
  expect(session.frame(subscribe, 0)).toEqual({ act: "confirm" });
  expect(session.subscription.streams).toEqual(["a"]);
  expect(session.frame('{"frame":"subscribe"}', 0)).toEqual({ act: "confirm" });
  expect(session.subscription.streams).toBeUndefined();
  expect(session.frame(right, 0)).toEqual({ act: "nothing" });
  expect(session.frame(wrong, 0)).toEqual(ends(closeCodes.unauthorized));
});

test("after its end it is not listened to, nothing lets it in again, and much more is the cut", () => {
  const session = admitted();
  expect([session.end(), session.end()]).toEqual([true, false]);
  session.admit();
  expect(session.state).toBe("ending");
  for (let late = 1; late <= lateMax; late += 2) {
    expect(session.frame(subscribe, 0)).toEqual({ act: "nothing" });
    expect(session.control(0)).toEqual({ act: "nothing" });
  }
  expect(session.subscription.streams).toBeUndefined();
  expect(session.control(0)).toEqual({ act: "cut" });
  expect(session.frame(right, 0)).toEqual({ act: "cut" });
});

test("too many frames, pings and pongs end it", () => {
  const session = createSession({ isToken: () => true, framesPerSecondMax: 2 });
  session.admit();
  expect(session.frame(subscribe, 0)).toEqual({ act: "confirm" });
  expect(session.control(0)).toEqual({ act: "nothing" });
  expect(session.control(0)).toEqual({ act: "nothing" });
  expect(session.frame(subscribe, 0)).toEqual({ act: "confirm" });
  expect(session.control(0)).toEqual(ends(closeCodes.tooManyFrames));
  expect(session.frame("rubbish", 1)).toEqual(ends(closeCodes.tooManyFrames));
});
