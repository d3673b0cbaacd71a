/**
 * Goal: the AMQP driver obeys every law on RabbitMQ, with classic and quorum queues, natively and with
 * whole envelopes as bodies.
 * Method: the suite of @reprise/msg-conformance; each trial has an exchange and queues of its own.
 */
import { describeDriver } from "@reprise/msg-conformance/vitest";
import { amqpHarness } from "./amqp-harness.ts";

describeDriver("amqp", amqpHarness({}));
describeDriver("amqp with envelopes as bodies", amqpHarness({ wire: "envelope" }));
describeDriver("amqp on quorum queues", amqpHarness({ queueType: "quorum" }));
