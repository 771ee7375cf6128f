/**
 * Ends the program without waiting for anything. An end in order, process.exit() too, waits in Node for every call to a
 * disk that is under way, in whatever thread, and one that hangs would keep the program from ending for as long.
 * @param isWished ended by the signal that asks for it, it counts as ended by wish; else as failed, to be started anew
 */
export function endAtOnce(isWished: boolean): void {
  if (isWished) {
    process.removeAllListeners('SIGTERM');
    process.kill(process.pid, 'SIGTERM');
  }
  // Also where a library takes the other signal, as Electron does.
  process.kill(process.pid, 'SIGKILL');
}
