/** Sleep of this computer as Electron tells of it: on macOS and Windows, where no logind can be asked. */
import type { SleepMoment, SleepWatch } from '#engine/ports.ts';

/** What is used of Electron's powerMonitor. */
export interface SleepEmitter {
  on(event: 'suspend' | 'resume', listener: () => void): unknown;
  off(event: 'suspend' | 'resume', listener: () => void): unknown;
}

/** The system waits for nobody here: what is told before a sleep is told as far as there is time. */
export const watchSleepEvents =
  (powerMonitor: SleepEmitter): SleepWatch =>
  (told) => {
    const tell = (moment: SleepMoment) => (): void => void told(moment);
    const [starting, finished] = [tell('starting'), tell('finished')];
    powerMonitor.on('suspend', starting);
    powerMonitor.on('resume', finished);
    return () => {
      powerMonitor.off('suspend', starting);
      powerMonitor.off('resume', finished);
    };
  };
