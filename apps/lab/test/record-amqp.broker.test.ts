/**
 * Goal: the lab records on the real broker, replays without it, and keeps machines and credentials
 * out of the cassette.
 * Method: the command in this process, on the broker that `reprise brokers up amqp` starts.
 */
import { describeRecording } from "./broker-recording.js";

describeRecording("amqp");
