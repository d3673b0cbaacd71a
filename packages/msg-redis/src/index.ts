export { fieldNames, rawHeader } from "./mapping.js";
export type {
  RedisDriverOptions,
  RedisTimes,
  RedisTls,
  RedisTrim,
} from "./options.js";
export type { RedisProfile, RedisProfileLimits, RedisSecurity } from "./profile.js";
export { readRedisProfile } from "./profile.js";
export type {
  RedisStreamLimits,
  RedisStreamsOptions,
  RedisStreamTimes,
} from "./stream-options.js";
