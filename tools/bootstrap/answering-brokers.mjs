/** Which of the brokers that `reprise brokers up` starts are there: by a connection to their ports. */
import { connect } from "node:net";

const host = "127.0.0.1";
const ports = { kafka: 9092, amqp: 5672, redis: 6379 };
const answerMs = 1000;

export async function answeringBrokers() {
  const answering = [];
  const silent = [];
  for (const [kind, port] of Object.entries(ports)) {
    if (await answers(port)) answering.push(kind);
    else silent.push({ kind, address: `${host}:${port}` });
  }
  return { answering, silent };
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerMs });
    const end = (there) => {
      socket.destroy();
      resolve(there);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}
