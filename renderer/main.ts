import './client/no-eval.ts';
import './app.css';
import { fetchTexts } from '#domain/messages/fetch.ts';
import { mount } from 'svelte';
import App from './App.svelte';
import { connect } from './client/connect.ts';
import { AppState } from './state/app.svelte.ts';
import { PageClock } from './state/clock.svelte.ts';
import { EngineStore } from './state/engine.svelte.ts';
import { languageKeeper } from './state/language-keeper.ts';
import { createFrameSchedule } from './state/frames.ts';
import { LocaleState } from './state/locale.svelte.ts';
import { createPreferences, storageOf } from './state/preferences.ts';
import { Route } from './state/route.svelte.ts';
import { Theme } from './state/theme.svelte.ts';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

const preferences = createPreferences(storageOf(window));
const app = new AppState({
  engine: new EngineStore(connect(window), Date.now, createFrameSchedule(document)),
  locale: new LocaleState(languageKeeper(window.ridethrough, preferences, navigator.languages)),
  theme: new Theme(preferences),
  route: new Route(),
  clock: new PageClock(),
  preferences,
});
// Not awaited: the texts are a part of what this module is the whole of.
void fetchTexts(app.locale.current)
  .catch(reportError)
  .then(() => {
    // What index.html shows until now.
    target.replaceChildren();
    mount(App, { target, props: { app } });
  });
