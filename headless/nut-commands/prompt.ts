/** Questions on the terminal, or to whatever stands in for it: answers are lines of standard input. */
import type { NutCommandIo, Stdin } from './nut-command.ts';

/** Asks and reads one line at a time; what was read beyond a line is kept for the next question. */
export class Prompt {
  readonly #io: NutCommandIo;
  #kept = '';
  #isOver = false;

  constructor(io: NutCommandIo) {
    this.#io = io;
    const over = (): void => {
      this.#isOver = true;
    };
    io.stdin?.once('end', over).once('close', over);
  }

  /** Asks on standard output. @returns the line, or undefined when the input is over */
  ask(question: string): Promise<string | undefined> {
    this.#io.stdout.write(question);
    return this.#line(false);
  }

  /** Asks on standard error and shows nothing of what is typed. */
  askSecret(question: string): Promise<string | undefined> {
    this.#io.stderr.write(question);
    return this.#line(true);
  }

  async #line(isSecret: boolean): Promise<string | undefined> {
    const { stdin } = this.#io;
    const isHidden = isSecret && stdin?.isTTY === true;
    if (isHidden) stdin.setRawMode?.(true);
    try {
      while (stdin && !(this.#isOver || stdin.readableEnded) && !/[\r\n]/.test(this.#kept))
        await this.#readMore(stdin, isHidden);
    } finally {
      if (isHidden) {
        stdin.setRawMode?.(false);
        this.#io.stderr.write('\n');
      }
    }
    const end = this.#kept.search(/[\r\n]/);
    if (end < 0 && this.#kept === '') return undefined;
    const line = end < 0 ? this.#kept : this.#kept.slice(0, end);
    this.#kept = end < 0 ? '' : this.#kept.slice(end).replace(/^\r?\n?/, '');
    return isHidden ? withoutErased(line) : line;
  }

  #readMore(stdin: Stdin, isHidden: boolean): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        stdin.pause();
        for (const event of ['data', 'end', 'close']) stdin.removeListener(event, take);
        resolve();
      };
      const take = (chunk: Buffer | string = ''): void => {
        this.#kept += chunk.toString();
        // In raw mode the terminal hands over what it acts on otherwise: interrupt and end of input.
        if (isHidden && this.#kept.includes('\u0003')) process.kill(process.pid, 'SIGINT');
        if (isHidden && this.#kept.includes('\u0004')) this.#isOver = true;
        done();
      };
      for (const event of ['data', 'end', 'close']) stdin.on(event, take);
      stdin.resume();
    });
  }
}

/** What is left after the erase key did its work. */
function withoutErased(line: string): string {
  let left = '';
  for (const character of line.replaceAll('\u0004', '')) {
    left = character === '\u007f' || character === '\b' ? left.slice(0, -1) : left + character;
  }
  return left;
}
