/** The present second, for ages and lengths. Rests while the page is hidden. */
export class PageClock {
  now = $state(Date.now());
  isHidden = $state(false);

  /** @returns stops it */
  run(document: Document): () => void {
    const tick = (): void => {
      this.isHidden = document.hidden;
      if (!document.hidden) this.now = Date.now();
    };
    tick();
    const timer = setInterval(tick, 1000);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }
}
