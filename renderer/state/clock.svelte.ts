/** The present second, for ages and lengths. Rests while the page is hidden. */
export class PageClock {
  now = $state(Date.now());
  isHidden = $state(false);

  /** @returns stops it */
  run(document: Document): () => void {
    let timer: ReturnType<typeof setInterval> | undefined;
    const tick = (): void => {
      this.now = Date.now();
    };
    const follow = (): void => {
      this.isHidden = document.hidden;
      clearInterval(timer);
      if (document.hidden) return;
      tick();
      timer = setInterval(tick, 1000);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', follow);
    };
  }
}
