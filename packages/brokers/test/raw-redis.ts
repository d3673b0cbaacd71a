/** One command of Redis over a connection of its own, in a few lines: this package has no client. */
import { connect } from "node:net";

/** The first line of the answer. */
export function redisCommand(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(`${command}\r\n`));
    socket.setEncoding("utf8");
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`no answer to ${command}`)));
    socket.on("data", (text: string) => {
      answer += text;
      const length = /^\$(\d+)\r\n/.exec(answer);
      const whole = length === null ? answer : answer.slice(length[0].length);
      if (!whole.endsWith("\r\n")) return;
      socket.destroy();
      resolve(whole.trimEnd());
    });
  });
}
