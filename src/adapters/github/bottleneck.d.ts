// The light build is the whole one without Redis, and brings no types of its own.
declare module 'bottleneck/light.js' {
  export { default } from 'bottleneck';
}
