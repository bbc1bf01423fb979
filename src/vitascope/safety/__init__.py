"""What may be made and handed out: texts judged before any work (prompts), every frame reviewed (frames), one policy for both."""
